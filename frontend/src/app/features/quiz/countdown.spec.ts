import { TestBed } from '@angular/core/testing';

import { Countdown, formatDuration, isWithinHalfDay, toDeviceTime } from './countdown';

const NOW = Date.parse('2026-05-04T10:00:00Z');

/** Returns a time limit in seconds, of which some have passed, as the server sends it. */
function timeLimit(total: number, passed = 0, now = NOW) {
  return {
    started_at: new Date(now - passed * 1000).toISOString(),
    deadline: new Date(now + (total - passed) * 1000).toISOString(),
    now: new Date(now).toISOString(),
    requestedAt: Date.now(),
  };
}

describe('Countdown', () => {
  let countdown: Countdown;
  const onEnd = vi.fn();

  beforeEach(() => {
    vi.useFakeTimers({ now: NOW });
    onEnd.mockReset();
    TestBed.configureTestingModule({ providers: [Countdown] });
    countdown = TestBed.inject(Countdown);
  });

  afterEach(() => {
    TestBed.resetTestingModule();
    vi.useRealTimers();
  });

  it('announces nothing without a time limit', () => {
    expect(countdown.secondsLeft()).toBeNull();
    expect(countdown.announcement()).toBe('');
  });

  it('ends one second before the deadline, because answers need time to arrive', () => {
    countdown.start(timeLimit(61), onEnd);
    expect(countdown.clock()).toBe('1:00');

    vi.advanceTimersByTime(45_000);
    expect(countdown.clock()).toBe('0:15');

    vi.advanceTimersByTime(14_900);
    expect(onEnd).not.toHaveBeenCalled();
    vi.advanceTimersByTime(100);
    expect(onEnd).toHaveBeenCalledOnce();
    expect(countdown.secondsLeft()).toBe(0);
  });

  it('ends only once', () => {
    countdown.start(timeLimit(10), onEnd);
    vi.advanceTimersByTime(60_000);
    countdown.adjust(timeLimit(10));
    expect(countdown.secondsLeft()).toBe(0);
    vi.advanceTimersByTime(60_000);

    expect(onEnd).toHaveBeenCalledOnce();
  });

  it('follows the server’s clock if the device’s clock is wrong', () => {
    countdown.start(timeLimit(121, 0, NOW + 7 * 3_600_000), onEnd);

    expect(countdown.clock()).toBe('2:00');
  });

  it('ends early rather than late after a slow response', () => {
    const limit = timeLimit(61);
    vi.setSystemTime(NOW + 3000);
    countdown.start(limit, onEnd);

    expect(countdown.clock()).toBe('0:57');
  });

  it('is adjusted by a later response', () => {
    countdown.start(timeLimit(601), onEnd);
    vi.setSystemTime(NOW + 3_600_000); // The device’s clock was changed.
    countdown.adjust({ ...timeLimit(601, 100), requestedAt: NOW + 3_600_000 });

    expect(countdown.clock()).toBe('8:20');
    vi.advanceTimersByTime(500_000);
    expect(onEnd).toHaveBeenCalledOnce();
  });

  it('ends at once if the device slept past the deadline', () => {
    countdown.start(timeLimit(600), onEnd);
    vi.setSystemTime(NOW + 3_600_000);
    vi.advanceTimersByTime(500);

    expect(countdown.secondsLeft()).toBe(0);
    expect(onEnd).toHaveBeenCalledOnce();
  });

  it('ends on time in a background tab without ticks', () => {
    const tick = vi.spyOn(globalThis, 'setInterval').mockReturnValue(0 as never);
    countdown.start(timeLimit(600), onEnd);
    vi.advanceTimersByTime(599_000);

    expect(onEnd).toHaveBeenCalledOnce();
    tick.mockRestore();
  });

  function announcementsOf(total: number, passed = 0): string[] {
    countdown.start(timeLimit(total, passed), onEnd);
    const announcements: string[] = [];
    for (let second = passed; second < total; second++) {
      vi.advanceTimersByTime(1000);
      if (countdown.announcement() && countdown.announcement() !== announcements.at(-1)) {
        announcements.push(countdown.announcement());
      }
    }
    return announcements;
  }

  it('announces the time at half and shortly before the end', () => {
    expect(announcementsOf(1200)).toEqual([
      '10 minutes left',
      '5 minutes left',
      '1 minute left',
      '30 seconds left',
    ]);
  });

  it('shows an announcement for a few seconds only', () => {
    countdown.start(timeLimit(61), onEnd);
    vi.advanceTimersByTime(30_000);
    expect(countdown.announcement()).toBe('30 seconds left');
    vi.advanceTimersByTime(10_000);
    expect(countdown.announcement()).toBe('');
  });

  it('skips the announcement at half if another one is close', () => {
    expect(announcementsOf(600)).toEqual(['5 minutes left', '1 minute left', '30 seconds left']);
    expect(announcementsOf(50)).toEqual(['30 seconds left']);
    expect(announcementsOf(20)).toEqual(['10 seconds left']);
  });

  it('does not repeat announcements after a reload', () => {
    expect(announcementsOf(1200, 1000)).toEqual(['1 minute left', '30 seconds left']);
  });

  it('stops', () => {
    countdown.start(timeLimit(60), onEnd);
    countdown.stop();
    vi.advanceTimersByTime(120_000);

    expect(onEnd).not.toHaveBeenCalled();
    expect(countdown.secondsLeft()).toBeNull();
  });

  it('shows hours only if needed', () => {
    countdown.start(timeLimit(3 * 3600 + 66), onEnd);

    expect(countdown.clock()).toBe('3:01:05');
  });
});

describe('times', () => {
  it('are formatted in words in the page’s language', () => {
    expect(formatDuration(90, 'en')).toBe('1 minute, 30 seconds');
    expect(formatDuration(3600, 'en')).toBe('1 hour');
    expect(formatDuration(5400, 'es')).toBe('1 hora y 30 minutos');
  });

  it('of the server are converted to the device’s clock', () => {
    const at = Date.parse('2026-05-04T03:00:00Z');

    expect(toDeviceTime('2026-05-04T10:20:00Z', '2026-05-04T10:00:00Z', at)).toEqual(
      new Date('2026-05-04T03:20:00Z'),
    );
  });

  it('within half a day need no date', () => {
    expect(isWithinHalfDay(new Date(Date.now() + 60_000))).toBe(true);
    expect(isWithinHalfDay(new Date(Date.now() + 86_400_000))).toBe(false);
    expect(isWithinHalfDay(null)).toBe(false);
  });
});

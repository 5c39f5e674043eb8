import { TestBed } from '@angular/core/testing';

import { Countdown, inWords, isSoon, onDevice } from './countdown';

const NOW = Date.parse('2026-05-04T10:00:00Z');

/** An attempt of that many seconds, of which some have passed, as the server tells it now. */
function limits(total: number, passed = 0, now = NOW) {
  return {
    started_at: new Date(now - passed * 1000).toISOString(),
    deadline: new Date(now + (total - passed) * 1000).toISOString(),
    now: new Date(now).toISOString(),
    askedAt: Date.now(),
  };
}

describe('Countdown', () => {
  let countdown: Countdown;
  const atEnd = vi.fn();

  beforeEach(() => {
    vi.useFakeTimers({ now: NOW });
    atEnd.mockReset();
    TestBed.configureTestingModule({ providers: [Countdown] });
    countdown = TestBed.inject(Countdown);
  });

  afterEach(() => {
    TestBed.resetTestingModule();
    vi.useRealTimers();
  });

  it('has nothing to say where there is no limit', () => {
    expect(countdown.secondsLeft()).toBeNull();
    expect(countdown.said()).toBe('');
  });

  it('counts down to one second before the end, for answers need their time to the server', () => {
    countdown.run(limits(61), atEnd);
    expect(countdown.clock()).toBe('1:00');

    vi.advanceTimersByTime(45_000);
    expect(countdown.clock()).toBe('0:15');

    vi.advanceTimersByTime(14_900);
    expect(atEnd).not.toHaveBeenCalled();
    vi.advanceTimersByTime(100);
    expect(atEnd).toHaveBeenCalledOnce();
    expect(countdown.secondsLeft()).toBe(0);
  });

  it('ends once, whatever comes after', () => {
    countdown.run(limits(10), atEnd);
    vi.advanceTimersByTime(60_000);
    countdown.set(limits(10));
    expect(countdown.secondsLeft()).toBe(0);
    vi.advanceTimersByTime(60_000);

    expect(atEnd).toHaveBeenCalledOnce();
  });

  it('goes by the server’s clock where the device’s is wrong', () => {
    countdown.run(limits(121, 0, NOW + 7 * 3_600_000), atEnd);

    expect(countdown.clock()).toBe('2:00');
  });

  it('is on the early side where the answer took its time', () => {
    const asked = limits(61);
    vi.setSystemTime(NOW + 3000);
    countdown.run(asked, atEnd);

    expect(countdown.clock()).toBe('0:57');
  });

  it('is set anew by what the server says later', () => {
    countdown.run(limits(601), atEnd);
    vi.setSystemTime(NOW + 3_600_000); // somebody has set the device’s clock
    countdown.set({ ...limits(601, 100), askedAt: NOW + 3_600_000 });

    expect(countdown.clock()).toBe('8:20');
    vi.advanceTimersByTime(500_000);
    expect(atEnd).toHaveBeenCalledOnce();
  });

  it('ends at once where the device slept over the end', () => {
    countdown.run(limits(600), atEnd);
    vi.setSystemTime(NOW + 3_600_000);
    vi.advanceTimersByTime(500);

    expect(countdown.secondsLeft()).toBe(0);
    expect(atEnd).toHaveBeenCalledOnce();
  });

  it('ends on time where the page is in the background and does not tick', () => {
    const tick = vi.spyOn(globalThis, 'setInterval').mockReturnValue(0 as never);
    countdown.run(limits(600), atEnd);
    vi.advanceTimersByTime(599_000);

    expect(atEnd).toHaveBeenCalledOnce();
    tick.mockRestore();
  });

  function saidOf(total: number, passed = 0): string[] {
    countdown.run(limits(total, passed), atEnd);
    const said: string[] = [];
    for (let second = passed; second < total; second++) {
      vi.advanceTimersByTime(1000);
      if (countdown.said() && countdown.said() !== said.at(-1)) said.push(countdown.said());
    }
    return said;
  }

  it('says sparingly what is left: at the half, and shortly before the end', () => {
    expect(saidOf(1200)).toEqual([
      '10 minutes left',
      '5 minutes left',
      '1 minute left',
      '30 seconds left',
    ]);
  });

  it('does not say for long what is true for a moment', () => {
    countdown.run(limits(61), atEnd);
    vi.advanceTimersByTime(30_000);
    expect(countdown.said()).toBe('30 seconds left');
    vi.advanceTimersByTime(10_000);
    expect(countdown.said()).toBe('');
  });

  it('does not say the half close to what is said anyway', () => {
    expect(saidOf(600)).toEqual(['5 minutes left', '1 minute left', '30 seconds left']);
    expect(saidOf(50)).toEqual(['30 seconds left']);
    expect(saidOf(20)).toEqual(['10 seconds left']);
  });

  it('does not say again what was said before a reload', () => {
    expect(saidOf(1200, 1000)).toEqual(['1 minute left', '30 seconds left']);
  });

  it('stops', () => {
    countdown.run(limits(60), atEnd);
    countdown.stop();
    vi.advanceTimersByTime(120_000);

    expect(atEnd).not.toHaveBeenCalled();
    expect(countdown.secondsLeft()).toBeNull();
  });

  it('shows hours where there are some', () => {
    countdown.run(limits(3 * 3600 + 66), atEnd);

    expect(countdown.clock()).toBe('3:01:05');
  });
});

describe('times', () => {
  it('are said in words, in the page’s language', () => {
    expect(inWords(90, 'en')).toBe('1 minute, 30 seconds');
    expect(inWords(3600, 'en')).toBe('1 hour');
    expect(inWords(5400, 'es')).toBe('1 hora y 30 minutos');
  });

  it('of the server are told as the device will show them', () => {
    const at = Date.parse('2026-05-04T03:00:00Z');

    expect(onDevice('2026-05-04T10:20:00Z', '2026-05-04T10:00:00Z', at)).toEqual(
      new Date('2026-05-04T03:20:00Z'),
    );
  });

  it('are told without their day where it goes without saying', () => {
    expect(isSoon(new Date(Date.now() + 60_000))).toBe(true);
    expect(isSoon(new Date(Date.now() + 86_400_000))).toBe(false);
    expect(isSoon(null)).toBe(false);
  });
});

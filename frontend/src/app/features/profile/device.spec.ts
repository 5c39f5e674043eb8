import { deviceOf } from './device';
import { THIS_DEVICE } from './testing';

describe('device name', () => {
  it.each([
    [THIS_DEVICE.user_agent, 'Firefox, Linux'],
    ['Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0', 'Edge, Windows'],
    ['Mozilla/5.0 (iPhone) Version/26.0 Safari/604.1', 'Safari, iOS'],
    ['curl/8.5', 'curl/8.5'],
  ])('of %s is %s', (userAgent, name) => expect(deviceOf(userAgent)).toBe(name));
});

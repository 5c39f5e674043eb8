import { ADA, pageOf, visit } from '@testing';
import { routes } from './profile.routes';

export const ROUTES = [{ path: 'profile', children: routes }];
export const CURRENT_USER = '/api/auth/user/';
export const SESSIONS = '/api/auth/sessions/';
export const UNAVAILABLE = { status: 503 };
export const REFUSED = { status: 400 };
export const THIS_DEVICE = {
  id: 's1',
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  address: '10.0.0.1',
  last_used_at: '2026-11-03T10:00:00Z',
  current: true,
};
export const PHONE = {
  ...THIS_DEVICE,
  id: 's2',
  user_agent: 'Chrome/140 Android 16',
  current: false,
};

/** Opens the profile of a user with the session of this device and others. */
export async function openProfile(user = ADA, ...otherSessions: object[]) {
  const visited = await visit(ROUTES, '/profile', user);
  await visited.answer('GET', SESSIONS, pageOf(THIS_DEVICE, ...otherSessions));
  return visited;
}

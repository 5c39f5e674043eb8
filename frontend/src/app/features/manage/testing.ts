import { ADA, ADMIN as ADA_AS_ADMIN } from '@testing';
import { routes } from './manage.routes';

export const ROUTES = [{ path: 'manage', children: routes }];
export const USERS = '/api/users/';
/** Where the number of instructor requests comes from. */
export const REQUESTS = `${USERS}?instructor_requested=true&page_size=1`;
export const UNAVAILABLE = { status: 503 };
export const REFUSED = { status: 400 };
export const ADMIN = {
  ...ADA_AS_ADMIN,
  id: 'boss',
  username: 'boss',
  is_active: true,
  created_at: '2026-01-02',
};
export const STUDENT = { ...ADMIN, ...ADA, created_at: '2026-01-02' };
export const APPLICANT = { ...STUDENT, instructor_requested: true };

import { components } from './schema';

type Schemas = components['schemas'];

/** References as ids: the objects in their place come only where a request expands them. */
type WithIds<Row> = {
  [Field in keyof Row]: string extends Row[Field]
    ? Extract<Row[Field], string | null | undefined>
    : Row[Field];
};
/** What the server answers: it leaves out nothing, though a body may. */
export type ApiResponse<Name extends keyof Schemas> = Required<WithIds<Schemas[Name]>>;
/** What is sent. */
export type ApiRequest<Name extends keyof Schemas> = Schemas[Name];

export type User = ApiResponse<'User'>;
export type Course = ApiResponse<'Course'>;

/** A page of a list, as every list of the API comes. */
export interface Page<Row> {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: readonly Row[];
}

export const EMPTY_PAGE: Page<never> = { count: 0, next: null, previous: null, results: [] };

export type Outline = readonly ApiResponse<'Outline'>[];
export type Lesson = ApiResponse<'Lesson'>;

/** How far somebody has come in a course. */
export type ProgressSummary = ApiResponse<'Summary'>;

/** One's own place in a course: `enrollments/?expand=progress`. */
export interface Enrollment {
  readonly id: string;
  readonly enrolled_at: string;
  readonly completed_at: string | null;
  readonly milestones: readonly number[];
  readonly progress: ProgressSummary;
}

import { components } from './schema';

type Schemas = components['schemas'];

/** References as ids; objects replace them only if the request expands them. */
type WithIds<Row> = {
  [Field in keyof Row]: string extends Row[Field]
    ? Extract<Row[Field], string | null | undefined>
    : Row[Field];
};
/** A response body: unlike a request body, it has every field. */
export type ApiResponse<Name extends keyof Schemas> = Required<WithIds<Schemas[Name]>>;
/** A request body. */
export type ApiRequest<Name extends keyof Schemas> = Schemas[Name];

export type User = ApiResponse<'User'>;
export type Course = ApiResponse<'Course'>;

/** A page of a list of the API. */
export interface Page<Row> {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: readonly Row[];
}

export const EMPTY_PAGE: Page<never> = { count: 0, next: null, previous: null, results: [] };

export type Outline = readonly ApiResponse<'Outline'>[];
export type Lesson = ApiResponse<'Lesson'>;

/** The progress of a student in a course. */
export type ProgressSummary = ApiResponse<'Summary'>;

/** An enrollment as `enrollments/?expand=progress` returns it. */
export interface Enrollment {
  readonly id: string;
  readonly enrolled_at: string;
  readonly completed_at: string | null;
  readonly milestones: readonly number[];
  readonly progress: ProgressSummary;
}

import { components } from './schema';

type Schemas = components['schemas'];

/** References as ids: the objects in their place come only where a request expands them. */
type WithIds<Row> = {
  [Field in keyof Row]: string extends Row[Field]
    ? Extract<Row[Field], string | null | undefined>
    : Row[Field];
};
/** What the server answers: it leaves out nothing, though a body may. */
export type Answered<Name extends keyof Schemas> = Required<WithIds<Schemas[Name]>>;
/** What is sent. */
export type Sent<Name extends keyof Schemas> = Schemas[Name];

export type User = Answered<'User'>;
export type Course = Answered<'Course'>;

/** A page of a list, as every list of the API comes. */
export interface Page<Row> {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: readonly Row[];
}

export const EMPTY_PAGE: Page<never> = { count: 0, next: null, previous: null, results: [] };

export type Outline = readonly Answered<'Outline'>[];
export type Lesson = Answered<'Lesson'>;

/** How far somebody has come in a course. */
export type Summary = Answered<'Summary'>;

/** One's own place in a course: `enrollments/?expand=progress`. */
export interface Place {
  readonly id: string;
  readonly enrolled_at: string;
  readonly completed_at: string | null;
  readonly milestones: readonly number[];
  readonly progress: Summary;
}

/** What is different for somebody who built on the API as it was. */
export interface Change {
  /** It can break them. What does not is only worth knowing. */
  breaks: boolean;
  /** The operation and the place in it, or the schema. */
  where: string;
  what: string;
}

/** Who has to keep to a schema: they, who send requests, or we, who answer. */
export type Direction = 'request' | 'answer';

export const breaking = (where: string, what: string): Change => ({ breaks: true, where, what });
export const notable = (where: string, what: string): Change => ({ breaks: false, where, what });

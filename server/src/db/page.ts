/** Which part of a list is asked for. */
export interface Page {
  skip: number;
  limit: number;
}

/** A part of a list, and how many the whole has. */
export interface PageOf<Item> extends Page {
  data: Item[];
  total: number;
}

/** What is known of a file, also while its bytes are not at hand. A `File` is one. */
export type ChosenFile = Pick<File, 'name' | 'size' | 'type' | 'lastModified'>;

export function factsOf({ name, size, type, lastModified }: ChosenFile): ChosenFile {
  return { name, size, type, lastModified };
}

/** Whether a file is the one that was chosen before, as far as can be told without reading it. */
export function isSameFile(one: ChosenFile, other: ChosenFile): boolean {
  return (
    one.name.normalize() === other.name.normalize() &&
    one.size === other.size &&
    one.lastModified === other.lastModified
  );
}

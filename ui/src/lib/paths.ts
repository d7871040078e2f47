/** Paths of files and folders, as any system writes them. */

/** What is between the separators, the outermost folder first. */
const parts = (path: string) => path.split(/[\\/]+/).filter(Boolean);

/** The name of a file or folder; the whole path where there is nothing but separators. */
export function lastPart(path: string): string {
  return parts(path).at(-1) ?? path;
}

/** The name of the folder that it lies in; empty where it lies in none. */
export function folderName(path: string): string {
  return parts(path).at(-2) ?? "";
}

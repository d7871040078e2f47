/** Albums that a made-up library can begin with, to look at pages that show some (`?memory=500&albums`). */
import type { Backend } from "./backend";
import type { PhotoFilter } from "./wire";

/** By hand with photos in a row, one in another, an empty one, a taught one, and saved searches that start from `all`. */
export async function addAlbums(backend: Backend, all: PhotoFilter): Promise<void> {
  const inRow = (first: number, count: number) => Array.from({ length: count }, (_, at) => first + at);
  const sea = await backend.createAlbum("A summer by the sea", null, inRow(20, 48), null);
  await backend.createAlbum("Anna", null, inRow(90, 3), null);
  await backend.createAlbum("Five stars", null, [], { ...all, starsAtLeast: 5, sort: "bestRated" });
  await backend.createAlbum("Birthdays", null, inRow(140, 130), null);
  await backend.createAlbum("Mountains and everything that can be seen from their tops", null, inRow(300, 25), null);
  await backend.createAlbum("To print", null, [], null);
  await backend.createAlbum("Blue, Nikon", null, [], { ...all, label: "blue", camera: "Nikon" });
  await backend.createAlbum("The first day", sea, inRow(20, 12), null);
  await backend.createAlbum("At night", sea, inRow(40, 1), null);
  await backend.teachAlbum("Sunsets", null, [7, 31, 55, 62]);
}

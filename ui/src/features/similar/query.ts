/**
 * What is asked for by look: photos that the results should resemble, photos that they should not, a picture from
 * outside, a part of it. Plain values; how they read in the address, and how they change.
 */

import type { RegionBox, SimilarQuery } from "../../backend/wire";

/** As many as the engine gives at most when nothing is said. */
const DEFAULT_LIMIT = 0;
/** More examples than this say nothing more, and would not fit into an address. */
const MOST_EXAMPLES = 100;
/** Digits of a region's sides in the address: a ten-thousandth of the picture. */
const REGION_DIGITS = 4;

/** Looks like all of these together; of very many, like the first. */
export function queryOf(photos: readonly number[], region: RegionBox | null = null): SimilarQuery {
  return { photos: photos.slice(0, MOST_EXAMPLES), less: [], picture: null, region, limit: DEFAULT_LIMIT };
}

/** Looks like a dropped or pasted picture. */
export function queryOfPicture(token: string): SimilarQuery {
  return { ...queryOf([]), picture: token };
}

export function isEmpty(query: SimilarQuery): boolean {
  return query.photos.length === 0 && query.picture === null;
}

/** Asks for more like these too. What was a minus becomes a plus. */
export function moreLike(query: SimilarQuery, photos: readonly number[]): SimilarQuery {
  return settled({
    ...query,
    photos: [...query.photos, ...photos.filter((photo) => !query.photos.includes(photo))],
    less: query.less.filter((photo) => !photos.includes(photo)),
  });
}

/** Asks for less like these. What was a plus becomes a minus, but the last plus stays: a minus alone asks for nothing. */
export function lessLike(query: SimilarQuery, photos: readonly number[]): SimilarQuery {
  const left = settled({ ...query, photos: query.photos.filter((photo) => !photos.includes(photo)) });
  const kept = isEmpty(left) ? query : left;
  const minus = photos.filter((photo) => !kept.photos.includes(photo) && !kept.less.includes(photo));
  return { ...kept, less: [...kept.less, ...minus] };
}

/** Without this photo, whichever side it was on. */
export function withoutPhoto(query: SimilarQuery, photo: number): SimilarQuery {
  return settled({
    ...query,
    photos: query.photos.filter((other) => other !== photo),
    less: query.less.filter((other) => other !== photo),
  });
}

export function withoutPicture(query: SimilarQuery): SimilarQuery {
  return settled({ ...query, picture: null });
}

export function withoutRegion(query: SimilarQuery): SimilarQuery {
  return { ...query, region: null };
}

/** The same text for the same query. */
export function queryKey(query: SimilarQuery): string {
  return JSON.stringify([queryToValues(query), query.limit]);
}

/** As the values of an address: `photos=3,7&less=9&region=0.1,0.2,0.5,0.5`. */
export function queryToValues({ photos, less, picture, region }: SimilarQuery): Record<string, string | null> {
  const rounded = (side: number) => Number(side.toFixed(REGION_DIGITS));
  return {
    photos: photos.join(","),
    picture,
    less: less.join(","),
    region: region && [region.x, region.y, region.width, region.height].map(rounded).join(","),
  };
}

/** From the parameters of an address; what makes no sense is left out. */
export function queryFromValues(params: URLSearchParams): SimilarQuery {
  return settled({
    photos: ids(params.get("photos")),
    less: ids(params.get("less")),
    picture: params.get("picture"),
    region: region(params.get("region")),
    limit: DEFAULT_LIMIT,
  });
}

/** A region says something only about one photo, or about one picture. */
function settled(query: SimilarQuery): SimilarQuery {
  const examples = query.photos.length + (query.picture === null ? 0 : 1);
  return examples === 1 || query.region === null ? query : { ...query, region: null };
}

function ids(list: string | null): number[] {
  if (list === null) return [];
  return [...new Set(list.split(",").filter((part) => /^\d{1,15}$/.test(part)).map(Number))];
}

function region(text: string | null): RegionBox | null {
  const sides = text?.split(",").map(Number) ?? [];
  const [x, y, width, height] = sides;
  if (x === undefined || y === undefined || width === undefined || height === undefined) return null;
  if (sides.length !== 4 || !sides.every((side) => side >= 0 && side <= 1) || width === 0 || height === 0) return null;
  // Rounding in the address may reach over the edge by a ten-thousandth.
  return { x, y, width: Math.min(width, 1 - x), height: Math.min(height, 1 - y) };
}

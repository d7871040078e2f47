/** What a region of the map is called: by what is known of its photos. Words only. */
import type { MapCluster } from "../../backend/wire";

const SEPARATORS = /[\\/]+/;

/** Names for clusters, in their order: the folder where that tells them apart, and when the photos were taken. */
export function clusterNames(clusters: readonly MapCluster[], language: string): string[] {
  const folders = clusters.map(({ folder }) => lastPart(folder));
  return clusters.map((cluster, at) => {
    const folder = folders[at];
    const shared = folders.filter((other) => other === folder).length;
    // A folder that most regions share says nothing about one of them.
    const telling = folder && shared <= Math.max(1, clusters.length / 4) ? folder : null;
    return [telling, timeSpan(cluster.fromMs, cluster.untilMs, language)].filter(Boolean).join(" · ");
  });
}

/** `March 2014`, `2014`, `2014 – 2019`. */
export function timeSpan(fromMs: number, untilMs: number, language: string): string {
  const [from, until] = [new Date(fromMs), new Date(untilMs)];
  const [first, last] = [from.getUTCFullYear(), until.getUTCFullYear()];
  if (first !== last) return `${first} – ${last}`;
  if (from.getUTCMonth() !== until.getUTCMonth()) return String(first);
  return new Intl.DateTimeFormat(language, { month: "long", year: "numeric", timeZone: "UTC" }).format(from);
}

function lastPart(path: string | null): string | null {
  return path?.split(SEPARATORS).filter(Boolean).pop() ?? null;
}

/** What a region of the map is called: by what is known of its photos and of few others. Words only. */
import type { MapCluster } from "../../backend/wire";
import { lastPart } from "../../lib/paths";

/** What more than this share of all regions have in common says nothing about one of them. */
const TELLING = 1 / 4;
/** Nor does a time that is longer than this share of all time. */
const SHORT = 1 / 3;

/**
 * Names for clusters, in their order: the folder and the time, each where it tells them apart, else the camera where that
 * does. Empty for a cluster of which nothing tells.
 */
export function clusterNames(clusters: readonly MapCluster[], language: string): string[] {
  const all = Math.max(...clusters.map(({ untilMs }) => untilMs)) - Math.min(...clusters.map(({ fromMs }) => fromMs));
  const isShort = ({ fromMs, untilMs }: MapCluster) => untilMs - fromMs <= all * SHORT;
  const folders = telling(clusters.map(({ folder }) => (folder && lastPart(folder)) || null));
  const times = telling(clusters.map((cluster) => (isShort(cluster) ? timeSpan(cluster.fromMs, cluster.untilMs, language) : null)));
  const cameras = telling(clusters.map(({ camera }) => camera));
  return clusters.map((_, at) => [folders[at], times[at]].filter(Boolean).join(" · ") || (cameras[at] ?? ""));
}

/** `March 2014`, `2014`, `2014 – 2019`. */
export function timeSpan(fromMs: number, untilMs: number, language: string): string {
  const [from, until] = [new Date(fromMs), new Date(untilMs)];
  const [first, last] = [from.getUTCFullYear(), until.getUTCFullYear()];
  if (first !== last) return `${first} – ${last}`;
  if (from.getUTCMonth() !== until.getUTCMonth()) return String(first);
  return new Intl.DateTimeFormat(language, { month: "long", year: "numeric", timeZone: "UTC" }).format(from);
}

/** The words that few share; null for the others. */
function telling(words: readonly (string | null)[]): (string | null)[] {
  const counts = new Map<string | null, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const most = Math.max(1, words.length * TELLING);
  return words.map((word) => ((counts.get(word) as number) <= most ? word : null));
}

/**
 * A library of its own for one journey: a folder with real photos of a few kinds, and the `likeness` command that
 * works on it. What it makes lies in one temporary folder. Knows no page and no window.
 */

import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const ROOT = path.resolve(import.meta.dirname, "../..");
/** The test data: photos to copy, never to change. */
export const DATA = process.env.LIKENESS_DATA ?? path.join(ROOT, "../shared/data");

/** Built by `make`, with the pages inside. */
export const programs = {
  likeness: path.join(ROOT, "target/debug/likeness"),
  desktop: path.join(ROOT, "target/debug/likeness-desktop"),
};

/** Where pictures of failed journeys go. */
export const pictures = path.join(ROOT, "target/journeys");

/**
 * Copies every test photo of these kinds into one new folder, each file named after its kind: `dalmatian 0003.jpg`.
 * The grid shows the newest first: those of the last kind.
 * @param {string[]} kinds folders below `photos/caltech` of the test data
 */
export async function libraryOf(kinds) {
  const { home, photos } = await newHome();
  let count = 0;
  for (const kind of kinds) {
    const folder = path.join(DATA, "photos/caltech", kind);
    for (const file of await readdir(folder)) {
      await cp(path.join(folder, file), path.join(photos, file.replace("image_", `${kind} `)));
      count += 1;
    }
  }
  return new Library(home, photos, count);
}

/** A library with nothing in its folder yet. */
export async function newLibrary() {
  const { home, photos } = await newHome();
  return new Library(home, photos, 0);
}

async function newHome() {
  const home = await mkdtemp(path.join(tmpdir(), "likeness-journey-"));
  const photos = path.join(home, "photos");
  await mkdir(photos);
  return { home, photos };
}

class Library {
  #home;
  /** @type {import("node:child_process").ChildProcess[]} */
  #running = [];

  constructor(home, photos, count) {
    this.#home = home;
    /** The folder with the photos, and how many were copied into it from the start. */
    this.photos = photos;
    /** Where files lie that were moved to the trash. */
    this.trash = path.join(home, "data/Trash/files");
    /** Where a picture of the map may be kept. */
    this.picture = path.join(home, "map.png");
    this.count = count;
    /** What a program of ours needs around it so that it touches this library only. */
    this.environment = {
      ...process.env,
      LIKENESS_LIBRARY: path.join(home, "library"),
      XDG_CACHE_HOME: path.join(home, "cache"),
      XDG_CONFIG_HOME: path.join(home, "config"),
      XDG_DATA_HOME: path.join(home, "data"),
    };
  }

  /**
   * Runs `likeness` to its end and gives the objects that it printed.
   * @param {string[]} words
   */
  async run(...words) {
    const { stdout } = await promisify(execFile)(programs.likeness, ["--json", ...words], {
      env: this.environment,
      maxBuffer: 1 << 26,
    });
    return stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  }

  /** Starts `likeness serve` and gives the address that it printed. */
  async serve() {
    const serving = spawn(programs.likeness, ["--json", "serve"], {
      env: this.environment,
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#running.push(serving);
    for await (const line of createInterface(serving.stdout)) return JSON.parse(line).url;
    throw new Error("likeness serve ended without an address");
  }

  /** Ends what was started and removes everything. */
  async close() {
    await Promise.all(this.#running.map((program) => ended(program)));
    await rm(this.#home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Asks a program to end and waits until it has. */
export async function ended(program) {
  if (program.exitCode !== null || program.signalCode !== null) return;
  const exit = new Promise((resolve) => program.once("exit", resolve));
  program.kill("SIGTERM");
  const patience = setTimeout(() => program.kill("SIGKILL"), 5000);
  await exit;
  clearTimeout(patience);
}

/**
 * What lies below a folder: a digest of the bytes of each file, by its path. Empty where there is no folder.
 * @returns {Promise<Record<string, string>>}
 */
export async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const digest = async (file) => createHash("sha256").update(await readFile(file)).digest("hex");
  const digests = files.sort().map(async (file) => [path.relative(folder, file), await digest(file)]);
  return Object.fromEntries(await Promise.all(digests));
}

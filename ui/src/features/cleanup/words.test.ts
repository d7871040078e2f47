// What is said of groups: where pairs are looked at, and by which numbers.
import { expect, test } from "vitest";
import type { DuplicatesAsk, Folder } from "../../backend/wire";
import { limitsWords, whereWords } from "./words";

const folders = ["Pictures", "Phone", "Old disk"].map((name, at): Folder => ({ ...{ id: at + 1, name, path: `/home/me/${name}` }, ...{ state: "online", photos: 1, problems: 0, watchNote: null, rank: null } }));
const ask = (more: Partial<DuplicatesAsk>): DuplicatesAsk => ({ alike: "usual", among: "differentFolders", between: [], until: "bursts", ...more });

test("where pairs are looked at is named, by folders as long as they are few", () => {
  expect(whereWords(ask({ among: "oneFolder", between: [1, 2] }), folders)).toBe("Inside each folder");
  expect(whereWords(ask({}), folders)).toBe("Between source folders");
  expect(whereWords(ask({ between: [3, 2] }), folders)).toBe("Between Phone and Old disk");
  expect(whereWords(ask({ between: [1, 2, 3] }), folders)).toBe("Between 3 folders");
});

test("the numbers behind how alike photos must be are those of the engine", () => {
  expect(limitsWords({ alike: "usual", share: 0.5, repeated: 0.93, burst: 0.19 })).toBe("50% agree, 93% repeated · bursts up to 0.19 apart");
});

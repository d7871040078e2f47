/** Pictures held ready: loaded once, broken ones told apart, let go when no longer near. */
import { describe, expect, it } from "vitest";
import { Pictures } from "./pictures.svelte";

function held() {
  const asked: string[] = [];
  const pictures = new Pictures(async (url) => {
    asked.push(url);
    if (url.includes("broken")) throw new Error("no picture");
    return { alt: url } as HTMLImageElement;
  });
  return { pictures, asked };
}

describe("pictures", () => {
  it("are loaded once, however often they are asked for", async () => {
    const { pictures, asked } = held();
    await Promise.all([pictures.prepare("a"), pictures.prepare("a")]);
    await pictures.prepare("a");
    expect(asked).toEqual(["a"]);
    expect(pictures.ready("a")?.alt).toBe("a");
  });

  it("are not ready before they are", async () => {
    const { pictures } = held();
    const coming = pictures.prepare("a");
    expect(pictures.ready("a")).toBeNull();
    await coming;
    expect(pictures.ready("a")).not.toBeNull();
  });

  it("say when they are broken", async () => {
    const { pictures } = held();
    await pictures.prepare("broken");
    expect(pictures.isBroken("broken")).toBe(true);
    expect(pictures.ready("broken")).toBeNull();
    expect(pictures.isBroken("a")).toBe(false);
  });

  it("are let go, also while they are still coming", async () => {
    const { pictures, asked } = held();
    await pictures.prepare("a");
    const coming = pictures.prepare("b");
    pictures.keepOnly(new Set(["c"]));
    await coming;
    expect(pictures.ready("a")).toBeNull();
    expect(pictures.ready("b")).toBeNull();
    await pictures.prepare("a");
    expect(asked).toEqual(["a", "b", "a"]);
  });
});

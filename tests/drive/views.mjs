/** Pictures of Likeness's views as they look at rest: everything is there, nothing is being done, no message lies over it. */

/**
 * @param {import("./window.mjs").Window} window
 * @param {string} name of the two pictures, light and dark
 */
export async function keepView(window, name) {
  await window.findByWords("[role=status]", "similar search ready");
  await window.holds(
    "no message lies over the view",
    `const messages = document.querySelectorAll(".toast");
     messages.forEach((one) => one.querySelector("button:last-child").click());
     return messages.length === 0`,
  );
  await window.holds(
    "thumbnails",
    `return [...document.querySelectorAll("[data-photo-id]")].every((one) => one.querySelector("img")?.naturalWidth > 0)`,
  );
  await window.keepPictures(name);
}

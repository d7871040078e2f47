/**
 * The words of the running language. `texts` and `language` are read while drawing; changing the language draws the whole page
 * anew, so nothing needs to follow them.
 */
import { de } from "./de";
import { en, type Texts } from "./en";

export type LanguageChoice = "system" | "en" | "de";

export let texts: Texts = en;
/** The language tag that numbers and dates follow, such as `en-GB`. */
export let language = "en-GB";

/** Speaks this language from now on; the system's, when it is one of ours, else English. */
export function speak(choice: LanguageChoice): void {
  const locale = choice === "system" ? (navigator.languages.find((name) => /^(en|de)\b/.test(name)) ?? "en-GB") : choice === "de" ? "de" : "en-GB";
  const german = locale.startsWith("de");
  texts = german ? de : en;
  language = locale === "en" ? "en-GB" : locale;
  document.documentElement.lang = german ? "de" : "en";
}

// Why something did not work: what and what to do, or that nobody knows.
import { expect, test } from "vitest";
import { BackendError } from "../backend/backend";
import { texts } from "../texts/texts";
import { failureText } from "./failure-text";

test("a failure is said with what to do about it, where that is known", () => {
  const failure = (hint: string | null) => new BackendError({ code: "x", what: "The drive is away.", hint });
  expect(failureText(failure("Connect it."))).toBe("The drive is away. Connect it.");
  expect(failureText(failure(null))).toBe("The drive is away.");
  expect(failureText(new TypeError("x is undefined"))).toBe(texts.common.unknownFailure);
});

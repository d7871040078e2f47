/** Why something did not work, in words. */
import { BackendError } from "../backend/backend";
import { texts } from "../texts/texts";

/** What went wrong and what to do about it, as one text; of what nobody foresaw, that it did. */
export function failureText(error: unknown): string {
  if (!(error instanceof BackendError)) return texts.common.unknownFailure;
  const { what, hint } = error.failure;
  return hint === null ? what : `${what} ${hint}`;
}

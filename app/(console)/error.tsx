"use client";

import { UnexpectedError } from "#components/shell/unexpected-error.tsx";

/** A page of the console failed; the frame round it stays. */
export default UnexpectedError;

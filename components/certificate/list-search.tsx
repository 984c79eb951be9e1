"use client";

import { Search, X } from "lucide-react";
import { type ClipboardEvent, type FormEvent, type RefObject, useId, useState } from "react";
import { listHref, withParameters } from "#components/certificate/list-address.ts";
import { useListNavigation } from "#components/certificate/list-navigation.tsx";
import { fingerprintOf, readSearchInput } from "#components/certificate/pasted-certificate.ts";
import { FieldError } from "#components/ui/field-error.tsx";
import { Kbd } from "#components/ui/kbd.tsx";

/** Longer than any name or fingerprint with colons; a pasted certificate becomes its fingerprint before. */
const QUESTION_MAX = 500;

/** Finds by any name, serial number, fingerprint or a pasted certificate. */
export function ListSearch({ inputRef }: { inputRef: RefObject<HTMLInputElement | null> }) {
  const { go, wanted } = useListNavigation();
  const asked = new URLSearchParams(wanted).get("q") ?? "";
  const [text, setText] = useState(asked);
  const [known, setKnown] = useState(asked);
  const [problem, setProblem] = useState<string>();
  const errorId = useId();
  // A link elsewhere, or the browser's way back, changed the question; what is being typed meanwhile stays.
  if (known !== asked) {
    setKnown(asked);
    if (text === known) setText(asked);
  }

  const search = async (input: string) => {
    const read = readSearchInput(input);
    setProblem(undefined);
    if (read.kind === "refused") {
      setText("");
      setProblem(read.reason);
      return;
    }
    const question = read.kind === "text" ? read.text : await fingerprintOf(read.der);
    if (question.length > QUESTION_MAX) {
      setProblem(`No name is longer than ${QUESTION_MAX} characters.`);
      return;
    }
    setText(question);
    go(listHref(withParameters(wanted, { q: question })));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void search(text);
  };
  // The field has one line: what is pasted is read before it loses its line breaks.
  const paste = (event: ClipboardEvent) => {
    const pasted = event.clipboardData.getData("text");
    if (readSearchInput(pasted).kind === "text") return;
    event.preventDefault();
    void search(pasted);
  };

  return (
    <search aria-label="Certificates" className="min-w-0 flex-1 basis-72">
      <form onSubmit={submit}>
        <div className="relative">
          <Search
            aria-hidden
            className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted"
          />
          {/* Without a name: if this page's script is not there yet, nothing typed ends up in an address. */}
          <input
            ref={inputRef}
            type="text"
            inputMode="search"
            enterKeyHint="search"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            aria-label="Search by name, serial number, fingerprint or a pasted certificate"
            aria-invalid={problem !== undefined || undefined}
            aria-describedby={problem === undefined ? undefined : errorId}
            placeholder="Name, serial number, fingerprint or PEM"
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              setProblem(undefined);
            }}
            onPaste={paste}
            className="control pr-9! pl-8.5!"
          />
          {text === "" ? (
            <span aria-hidden className="absolute top-1/2 right-2.5 -translate-y-1/2 pointer-coarse:hidden">
              <Kbd>/</Kbd>
            </span>
          ) : (
            <button
              type="button"
              aria-label="Clear the search"
              onClick={() => void search("")}
              className="absolute top-1/2 right-1 grid size-7 -translate-y-1/2 place-items-center rounded-sm text-muted hover:bg-hover hover:text-ink"
            >
              <X aria-hidden className="size-4" />
            </button>
          )}
        </div>
        <FieldError id={errorId} message={problem} />
      </form>
    </search>
  );
}

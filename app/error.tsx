"use client";

import { BarePage } from "#components/shell/bare-page.tsx";
import { UnexpectedError } from "#components/shell/unexpected-error.tsx";

export default function ErrorPage(props: { error: unknown; retry: () => void }) {
  return (
    <BarePage>
      <UnexpectedError {...props} />
    </BarePage>
  );
}

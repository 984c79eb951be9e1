"use client";

import { useEffect } from "react";
import { BarePage } from "#components/shell/bare-page.tsx";
import { readTheme, THEME_COOKIE } from "#components/shell/theme.ts";
import { UnexpectedError } from "#components/shell/unexpected-error.tsx";
import "./globals.css";

/** The root layout itself failed; this stands in its place and brings its own document. */
export default function GlobalError(props: { error: unknown; retry: () => void }) {
  useEffect(() => {
    const cookie = document.cookie.split("; ").find((entry) => entry.startsWith(`${THEME_COOKIE}=`));
    document.documentElement.dataset.theme = readTheme(cookie?.slice(THEME_COOKIE.length + 1));
  }, []);
  return (
    <html lang="en">
      <body>
        <title>Error · Countersign</title>
        <BarePage>
          <UnexpectedError {...props} />
        </BarePage>
      </body>
    </html>
  );
}

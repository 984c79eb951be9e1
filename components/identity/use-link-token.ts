"use client";

import { useEffect, useState } from "react";

/**
 * The token in the fragment of this page's address. It is taken out of the address bar, so that it
 * stays neither on the screen nor in the history.
 *
 * @returns undefined until the page runs in the browser, "" when there is none
 */
export function useLinkToken(): string | undefined {
  const [token, setToken] = useState<string>();
  useEffect(() => {
    const take = () => {
      const found = location.hash.slice(1);
      if (found !== "") history.replaceState(history.state, "", location.pathname + location.search);
      setToken((kept) => found || kept || "");
    };
    take();
    // A link that is pasted while this page is open changes only the fragment.
    addEventListener("hashchange", take);
    return () => removeEventListener("hashchange", take);
  }, []);
  return token;
}

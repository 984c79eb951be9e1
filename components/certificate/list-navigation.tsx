"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import {
  type ComponentProps,
  createContext,
  type MouseEvent,
  type ReactNode,
  useContext,
  useMemo,
  useOptimistic,
  useTransition,
} from "react";

interface Navigation {
  /** Leads to another state of the list; the present one stays in view, and usable, until that is there. */
  go: (href: string) => void;
  pending: boolean;
  /** The query that was asked for last, before the list has it: two quick presses both count. */
  wanted: string;
}

const NavigationContext = createContext<Navigation>({ go: () => {}, pending: false, wanted: "" });

interface ListNavigationProps {
  /** What the list shows now. */
  query: string;
  children: ReactNode;
}

/** Stands round everything that changes what the list shows, so that one mark says that it is under way. */
export function ListNavigation({ query, children }: ListNavigationProps) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const [wanted, setWanted] = useOptimistic(query);
  const value = useMemo(
    () => ({
      pending,
      wanted,
      go: (href: string) =>
        startTransition(() => {
          setWanted(href.split("?")[1] ?? "");
          router.push(href, { scroll: false });
        }),
    }),
    [pending, wanted, setWanted, router],
  );
  return <NavigationContext value={value}>{children}</NavigationContext>;
}

export function useListNavigation(): Navigation {
  return useContext(NavigationContext);
}

/** A link to another state of the list. */
export function ListLink({ href, onClick, ...rest }: ComponentProps<typeof Link> & { href: string }) {
  const { go } = useListNavigation();
  const press = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    // A new tab or window is the browser's.
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(href);
  };
  return <Link prefetch={false} scroll={false} {...rest} href={href} onClick={press} />;
}

/** A thin bar over the list while another state of it is on its way. */
export function ListPending() {
  const { pending } = useListNavigation();
  return (
    <div role="status" className="relative z-20 h-0">
      {pending && (
        <>
          <span className="sr-only">Loading</span>
          <span aria-hidden className="absolute inset-x-0 -top-px h-0.5 animate-pulse bg-accent" />
        </>
      )}
    </div>
  );
}

/** What is dimmed and marked busy until the next state is there. */
export function ListBody({ children }: { children: ReactNode }) {
  const { pending } = useListNavigation();
  return (
    <div aria-busy={pending || undefined} className={pending ? "opacity-60" : undefined}>
      {children}
    </div>
  );
}

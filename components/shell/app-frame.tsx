import Link from "next/link";
import type { ReactNode } from "react";
import { CommandPalette } from "#components/shell/command-palette.tsx";
import { Logo } from "#components/shell/logo.tsx";
import type { NavigationGroup, NavigationItem } from "#components/shell/navigation.ts";
import { NavigationList } from "#components/shell/navigation-list.tsx";
import { NavigationMenu } from "#components/shell/navigation-menu.tsx";
import type { PaletteItem } from "#components/shell/palette-item.ts";
import { MAIN_ID, SkipLink } from "#components/shell/skip-link.tsx";
import { ThemeSwitch } from "#components/shell/theme-switch.tsx";
import { type FrameUser, UserMenu } from "#components/shell/user-menu.tsx";

interface AppFrameProps {
  user: FrameUser;
  /** The screens that exist and that this user may see. */
  navigation: readonly NavigationGroup[];
  /** The user's own screens, in the menu under the name. */
  accountLinks: readonly NavigationItem[];
  /** Server action that ends the session. */
  signOut: () => Promise<void>;
  /** Actions in the palette besides the screens: "Issue a certificate". */
  paletteItems?: readonly PaletteItem[];
  /** Server action that finds things for the palette. */
  search?: (query: string) => Promise<PaletteItem[]>;
  /** A word on this installation that everyone must see, such as a missing backup of the master key. */
  banner?: ReactNode;
  children: ReactNode;
}

/** What stands round every page of the console: navigation, top bar, page. */
export function AppFrame(props: AppFrameProps) {
  const { navigation, accountLinks } = props;
  return (
    <div className="md:grid md:grid-cols-[14rem_minmax(0,1fr)]">
      <SkipLink />
      <aside className="sticky top-0 flex h-dvh flex-col overflow-y-auto border-line border-r bg-surface px-3 pb-4 max-md:hidden print:hidden">
        <Link
          href="/"
          prefetch={false}
          aria-label="Countersign, home"
          className="mb-2 flex h-(--topbar-height) shrink-0 items-center px-2 -outline-offset-4!"
        >
          <Logo />
        </Link>
        <NavigationList groups={navigation} />
      </aside>
      <div className="flex min-h-dvh min-w-0 flex-col">
        <header className="sticky top-0 z-30 flex h-(--topbar-height) shrink-0 items-center gap-1 border-line border-b bg-surface px-2 md:px-6 print:hidden">
          <NavigationMenu groups={navigation} />
          <Link href="/" prefetch={false} aria-label="Countersign, home" className="px-1 md:hidden">
            <Logo />
          </Link>
          <div className="ml-auto md:mr-auto md:ml-0">
            <CommandPalette
              items={[...paletteItemsOf(navigation, accountLinks), ...(props.paletteItems ?? [])]}
              search={props.search}
            />
          </div>
          <ThemeSwitch />
          <UserMenu user={props.user} links={accountLinks} signOut={props.signOut} />
        </header>
        {props.banner}
        <main
          id={MAIN_ID}
          tabIndex={-1}
          className="w-full max-w-[100rem] flex-1 px-4 py-5 outline-none md:px-6"
        >
          {props.children}
        </main>
      </div>
    </div>
  );
}

/** Every screen can be reached from the palette too, each once. */
function paletteItemsOf(
  navigation: readonly NavigationGroup[],
  accountLinks: readonly NavigationItem[],
): PaletteItem[] {
  const screens = [...navigation.flatMap((group) => group.items), ...accountLinks];
  const byHref = new Map(screens.map((screen) => [screen.href, screen]));
  return [...byHref.values()].map(({ href, label }) => ({ id: href, label, group: "Go to", href }));
}

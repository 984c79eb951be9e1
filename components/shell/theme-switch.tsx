"use client";

import { Contrast, Monitor, Moon, Sun } from "lucide-react";
import { type ReactNode, useState } from "react";
import { readTheme, THEME_COOKIE, type Theme } from "#components/shell/theme.ts";
import { DropdownMenu, DropdownMenuChoice } from "#components/ui/dropdown-menu.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";

const CHOICES: { value: Theme; label: string; icon: ReactNode }[] = [
  { value: "system", label: "As the system", icon: <Monitor aria-hidden /> },
  { value: "light", label: "Light", icon: <Sun aria-hidden /> },
  { value: "dark", label: "Dark", icon: <Moon aria-hidden /> },
];

const YEAR_SECONDS = 365 * 86_400;

/** Chooses between light and dark: at once on this page, and by cookie for the next. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>("system");
  return (
    <DropdownMenu
      trigger={<IconButton label="Theme" icon={<Contrast aria-hidden />} />}
      onOpenChange={() => setTheme(readTheme(document.documentElement.dataset.theme))}
    >
      <DropdownMenuChoice
        value={theme}
        onValueChange={(value) => {
          setTheme(readTheme(value));
          applyTheme(readTheme(value));
        }}
        choices={CHOICES}
      />
    </DropdownMenu>
  );
}

function applyTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is still missing in browsers that we support.
  document.cookie = `${THEME_COOKIE}=${theme}; Path=/; Max-Age=${YEAR_SECONDS}; SameSite=Lax`;
}

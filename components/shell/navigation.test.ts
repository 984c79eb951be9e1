import { expect, test } from "vitest";
import { activeItem, type NavigationGroup } from "#components/shell/navigation.ts";

const GROUPS: NavigationGroup[] = [
  {
    items: [
      { href: "/", label: "Home", icon: "home" },
      { href: "/certificates", label: "Certificates", icon: "certificates" },
    ],
  },
  {
    label: "Settings",
    items: [
      { href: "/settings/people", label: "People", icon: "people" },
      { href: "/settings/people/roles", label: "Roles", icon: "roles" },
    ],
  },
];

test.each([
  ["/", "Home"],
  ["/certificates", "Certificates"],
  ["/certificates/01ab", "Certificates"],
  ["/settings/people/roles", "Roles"],
  ["/settings/people/42", "People"],
  ["/certificates-of-others", undefined],
])("the path %s belongs to %s", (path, label) => {
  expect(activeItem(GROUPS, path)?.label).toBe(label);
});

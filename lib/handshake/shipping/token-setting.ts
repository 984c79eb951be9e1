import { plainShippingName, type ShippingPart, type ShippingSetup } from "./shipping-setup.ts";

/** For programs that take a secret from their environment only: the token in a file that systemd reads as root. */

/** Under which name the program finds the token. */
export function tokenVariable(setup: ShippingSetup): string {
  return `${plainShippingName(setup).toUpperCase()}_TOKEN`;
}

/** A command that writes that file. */
export function tokenAsSetting(setup: ShippingSetup): string {
  const { token } = setup.files;
  return `( umask 077; sed '1s/^/${tokenVariable(setup)}=/' ${token} > ${token}.env )`;
}

/** What tells systemd of it. @param unit name of the program's service */
export function tokenForUnit(unit: string, setup: ShippingSetup): ShippingPart {
  return {
    file: `/etc/systemd/system/${unit}.service.d/${plainShippingName(setup)}.conf`,
    mode: "0644",
    text: `[Service]\nEnvironmentFile=${setup.files.token}.env\n`,
  };
}

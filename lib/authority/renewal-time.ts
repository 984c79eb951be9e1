/** When a certificate should be renewed: after two thirds of its life. */
export function renewalTime(notBefore: Date, notAfter: Date): Date {
  const life = notAfter.getTime() - notBefore.getTime();
  return new Date(Math.floor((notBefore.getTime() + (life * 2) / 3) / 1000) * 1000);
}

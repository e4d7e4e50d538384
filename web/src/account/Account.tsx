/** To be built. */
export function Account() {
  return <h1 className="p-6 text-xl font-semibold">Account</h1>;
}

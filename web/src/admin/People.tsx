/** To be built. */
export function People() {
  return <h1 className="p-6 text-xl font-semibold">People</h1>;
}

/** To be built. */
export function SetUp() {
  return <h1 className="p-6 text-xl font-semibold">SetUp</h1>;
}

/** To be built. */
export function SignUp() {
  return <h1 className="p-6 text-xl font-semibold">SignUp</h1>;
}

/** To be built. */
export function ResetPassword() {
  return <h1 className="p-6 text-xl font-semibold">ResetPassword</h1>;
}

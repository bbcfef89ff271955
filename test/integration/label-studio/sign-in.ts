import type { Page } from 'playwright-core'

/** Signs in as a person does, on the login page. Resolves when Label Studio has let them in. */
export async function signIn(
  page: Page,
  board: string,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<void> {
  await page.goto(`${board}/user/login/`)
  await page.fill('input[name=email]', email)
  await page.fill('input[name=password]', password)
  await Promise.all([
    page.waitForURL(({ pathname }) => !pathname.includes('login')),
    page.click('button[type=submit]'),
  ])
}

import type { Spend } from './report-data.ts'

/** "0.1200 USD", "0.0412 USD (simulated)" or both: real and made-up money are never added up. */
export function spendInWords({ usd, simulatedUsd }: Pick<Spend, 'usd' | 'simulatedUsd'>): string {
  const parts = [
    usd > 0 || simulatedUsd === 0 ? `${usd.toFixed(4)} USD` : '',
    simulatedUsd > 0 ? `${simulatedUsd.toFixed(4)} USD (simulated)` : '',
  ]
  return parts.filter((part) => part !== '').join(' and ')
}

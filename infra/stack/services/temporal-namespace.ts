import type { Connection } from '@temporalio/client'
import { msToTs } from '@temporalio/common'
import { searchAttributes } from '../../../domain/contracts/search-attributes.ts'

/** The dev server forgets a closed workflow after a day; people look back further. */
export const retentionDays = 30

type Services = Pick<Connection, 'workflowService' | 'operatorService'>

/** Numbers of `temporal.api.enums.v1.IndexedValueType`. */
const indexedValueTypes = { Keyword: 2, Int: 3, Double: 4, Bool: 5 } as const

/** Registers the search attributes that are missing and sets the retention. Safe to repeat. */
export async function settleNamespace(connection: Services, namespace: string): Promise<void> {
  const missing = await missingSearchAttributes(connection, namespace)
  if (missing.length > 0) {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, indexedValueTypes[type]])),
    })
  }
  if ((await retentionSeconds(connection, namespace)) === retentionDays * 86_400) return
  await connection.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: msToTs(`${retentionDays} days`) },
  })
}

/** What workflows set and the server does not index yet, with its type. */
export async function missingSearchAttributes(
  connection: Services,
  namespace: string,
): Promise<[string, keyof typeof indexedValueTypes][]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace })
  return Object.entries(searchAttributes).filter(([name]) => customAttributes?.[name] === undefined)
}

/** How long the server keeps closed workflows. */
export async function retentionSeconds(connection: Services, namespace: string): Promise<number> {
  const { config } = await connection.workflowService.describeNamespace({ namespace })
  return Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0)
}

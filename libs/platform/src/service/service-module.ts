import 'reflect-metadata'
import type { DynamicModule } from '@nestjs/common'
import type { BackendConfig } from '../config/backend-config.ts'
import type { ServiceConfig } from '../config/service-config.ts'
import type { Logger } from '../logging/logger.ts'
import { loopMetrics } from '../telemetry/loop-metrics.ts'
import { openMetrics } from '../telemetry/metrics.ts'
import { openTelemetry, type Telemetry } from '../telemetry/telemetry.ts'
import { openTracing, type Tracing } from '../telemetry/tracing.ts'
import type { Part } from './part.ts'
import { Supervisor } from './supervisor.ts'

export interface ServiceModuleOptions {
  readonly name: string
  readonly parts: readonly Part[]
  readonly env: NodeJS.ProcessEnv
  readonly config: ServiceConfig
  readonly backendConfig: BackendConfig
  readonly log: Logger
}

class ServiceModule {}

const tracing = Symbol('tracing')
const telemetry = Symbol('telemetry')

/** The Nest module of a service. Factories instead of decorated classes: Node runs the sources as they are, and knows no decorators. */
export function serviceModule(options: ServiceModuleOptions): DynamicModule {
  const { name, config } = options
  return {
    module: ServiceModule,
    providers: [
      { provide: tracing, useFactory: () => openTracing(name, config.OTEL_EXPORTER_OTLP_ENDPOINT) },
      {
        provide: telemetry,
        inject: [tracing],
        useFactory: ({ tracer }: Tracing) => {
          const metrics = openMetrics(name)
          return openTelemetry(metrics, tracer, loopMetrics(metrics, options.log))
        },
      },
      {
        provide: Supervisor,
        inject: [telemetry, tracing],
        useFactory: (opened: Telemetry, { close }: Tracing) => new Supervisor(options, opened, close),
      },
    ],
    exports: [Supervisor],
  }
}

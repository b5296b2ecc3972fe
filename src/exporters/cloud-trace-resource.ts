import type { ViewAttributes } from '../types/exporter.ts'
import { valueText } from './value-text.ts'

/** A label of a monitored resource, and the attributes that may have its value, the best first. */
type Labels = Readonly<Record<string, readonly string[]>>

const LOCATION = ['cloud.availability_zone', 'cloud.region']
const CLUSTER: Labels = { location: LOCATION, cluster_name: ['k8s.cluster.name'] }
const POD: Labels = { ...CLUSTER, namespace_name: ['k8s.namespace.name'], pod_name: ['k8s.pod.name'] }

/** Types of monitored resources (docs.cloud.google.com/monitoring/api/resources) that a process may run in. */
const RESOURCES: Readonly<Record<string, Labels>> = {
  gce_instance: { zone: ['cloud.availability_zone'], instance_id: ['host.id'] },
  gae_instance: {
    location: LOCATION,
    module_id: ['faas.name'],
    version_id: ['faas.version'],
    instance_id: ['faas.instance'],
  },
  aws_ec2_instance: { instance_id: ['host.id'], region: LOCATION, aws_account: ['cloud.account.id'] },
  k8s_container: { ...POD, container_name: ['k8s.container.name'] },
  k8s_pod: POD,
  k8s_node: { ...CLUSTER, node_name: ['k8s.node.name'] },
  k8s_cluster: CLUSTER,
  generic_task: {
    location: LOCATION,
    namespace: ['service.namespace'],
    job: ['service.name', 'faas.name'],
    task_id: ['service.instance.id', 'faas.instance'],
  },
  generic_node: { location: LOCATION, namespace: ['service.namespace'], node_id: ['host.id', 'host.name'] },
}

const PLATFORMS: ReadonlyMap<unknown, string> = new Map([
  ['gcp_compute_engine', 'gce_instance'],
  ['gcp_app_engine', 'gae_instance'],
  ['aws_ec2', 'aws_ec2_instance'],
])

/** Attributes by which Cloud Trace knows the monitored resource that a span comes from: `g.co/r/<type>/<label>`. */
export function monitoredResource(resource: ViewAttributes): ViewAttributes {
  const type = typeOf(resource)
  const labels: Record<string, string> = {}
  for (const [label, sources] of Object.entries(RESOURCES[type]!)) {
    const source = sources.find(name => resource[name] !== undefined)
    const value = source === undefined ? missing(type, label) : valueText(resource[source]!)
    if (value !== '') labels[`g.co/r/${type}/${label}`] = value
  }
  return labels
}

function typeOf(resource: ViewAttributes): string {
  const has = (...names: readonly string[]): boolean => names.some(name => resource[name] !== undefined)
  const platform = PLATFORMS.get(resource['cloud.platform'])
  if (platform !== undefined) return platform
  if (has('k8s.cluster.name')) return kubernetesType(has)
  return has('service.name', 'faas.name') && has('service.instance.id', 'faas.instance')
    ? 'generic_task'
    : 'generic_node'
}

function kubernetesType(has: (name: string) => boolean): string {
  if (has('k8s.container.name')) return 'k8s_container'
  if (has('k8s.pod.name')) return 'k8s_pod'
  return has('k8s.node.name') ? 'k8s_node' : 'k8s_cluster'
}

/** Something that runs nowhere in particular is said to run everywhere. */
function missing(type: string, label: string): string {
  return label === 'location' && type.startsWith('generic_') ? 'global' : ''
}

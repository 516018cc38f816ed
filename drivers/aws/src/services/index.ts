/**
 * AWS's services beside EC2, by the prefix of their permissions (`elasticloadbalancing:CreateLoadBalancer`). Each file names what the driver uses of a client, so that the bundler can leave the
 * rest out, and is a file of its own in the bundle, so that a process that only runs VMs never reads it.
 */
export const SERVICES = {
  ce: () => import('./ce.js'),
  cloudtrail: () => import('./cloudtrail.js'),
  cloudwatch: () => import('./cloudwatch.js'),
  eks: () => import('./eks.js'),
  elasticfilesystem: () => import('./elasticfilesystem.js'),
  elasticloadbalancing: () => import('./elasticloadbalancing.js'),
  iam: () => import('./iam.js'),
  pricing: () => import('./pricing.js'),
  rds: () => import('./rds.js'),
  route53: () => import('./route53.js'),
  s3: () => import('./s3.js'),
  servicequotas: () => import('./servicequotas.js'),
  sqs: () => import('./sqs.js'),
  sts: () => import('./sts.js'),
};

/** What each service's file exports. */
export type Services = { [S in keyof typeof SERVICES]: Awaited<ReturnType<(typeof SERVICES)[S]>> };

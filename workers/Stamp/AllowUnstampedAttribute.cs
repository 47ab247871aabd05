namespace Realtime.Workers.Stamp;

/// <summary>Marks endpoints that need no stamp: health, and nothing that shows data.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class AllowUnstampedAttribute : Attribute;

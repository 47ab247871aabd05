namespace Realtime.Workers.Stamp;

/// <summary>Marks orders that do no harm when their stamp is used again: they are not remembered.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class RepeatableOrderAttribute : Attribute;

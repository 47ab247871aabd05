namespace Realtime.Log.Budgets;

/// <summary>Whose places are all taken: a closed set, used as a metric label.</summary>
public enum PlaceRefusal
{
    /// <summary>Nobody's: there was one.</summary>
    None,

    /// <summary>The tenant's.</summary>
    Tenant,

    /// <summary>The subject's.</summary>
    Subject,
}

namespace Realtime.Hosting.Configuration;

/// <summary>What stands under a key.</summary>
internal enum OptionKind
{
    /// <summary>One value.</summary>
    Value,

    /// <summary>A list of values.</summary>
    ValueList,

    /// <summary>Keys of its own.</summary>
    Section,

    /// <summary>A list of sections.</summary>
    SectionList,
}

using Realtime.Protocol.Events;

namespace Realtime.Protocol.Subscriptions;

/// <summary>A set of channels; <c>default</c> holds none.</summary>
public readonly record struct ChannelSet
{
    private readonly byte _bits;

    private ChannelSet(byte bits) => _bits = bits;

    /// <summary>Every channel.</summary>
    public static ChannelSet All { get; } = new(0b1111_1110);

    /// <summary>Whether it holds no channel.</summary>
    public bool IsEmpty => _bits == 0;

    /// <summary>Whether it holds <paramref name="channel"/>.</summary>
    public bool Contains(Channel channel) => (_bits & 1 << (int)channel) != 0;

    /// <summary>The set with one channel more.</summary>
    public ChannelSet With(Channel channel) => new((byte)(_bits | 1 << (int)channel));

    /// <summary>What both sets hold.</summary>
    public ChannelSet Intersect(ChannelSet other) => new((byte)(_bits & other._bits));
}

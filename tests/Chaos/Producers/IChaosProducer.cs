namespace Realtime.Tests.Chaos.Producers;

/// <summary>A producer: sends until it is told to finish, and ends when all it sent is acknowledged.</summary>
internal interface IChaosProducer
{
    /// <param name="isFinishing">Whether to begin nothing new.</param>
    /// <param name="stopping">Gives up what is under way.</param>
    Task RunAsync(Func<bool> isFinishing, CancellationToken stopping);
}

using Realtime.Loadtests.Measuring;

namespace Realtime.Tests.Loadtests;

public class ProcessStatusTests
{
    [Fact]
    public void Resident_memory_is_read_in_bytes() =>
        Assert.Equal(
            123_456L * 1024,
            ProcessStatus.ReadResidentBytes(
                ["Name:\tdotnet", "VmHWM:\t  200000 kB", "VmRSS:\t  123456 kB", "RssAnon:\t  1 kB"]));

    [Theory]
    [InlineData("Name:\tdotnet")]
    [InlineData("VmRSS:\t  123456 MB")]
    [InlineData("VmRSS:\t  much kB")]
    public void What_is_none_is_an_error(string line) =>
        Assert.Throws<InvalidOperationException>(() => ProcessStatus.ReadResidentBytes([line]));

    [Fact]
    public void This_process_has_memory_and_has_used_its_processor()
    {
        var client = WatchedProcess.Client();

        Assert.InRange(client.ReadResidentBytes(), 1024 * 1024, long.MaxValue);
        Assert.True(client.ReadCpuTime() > TimeSpan.Zero);
    }

    [Fact]
    public void A_process_that_is_gone_is_named_in_the_error()
    {
        var gone = new WatchedProcess("redis", int.MaxValue);

        Assert.Contains("redis", Assert.Throws<InvalidOperationException>(() => gone.ReadCpuTime()).Message);
        Assert.Contains("redis", Assert.Throws<InvalidOperationException>(() => gone.ReadResidentBytes()).Message);
    }
}

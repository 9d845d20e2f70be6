package recipe;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ThreadFactory;

/** TCP on the loopback device; the strategy is the event loop that reads. */
final class NettyEngine implements Engine {
  private final EventLoopGroup readers =
      new MultiThreadIoEventLoopGroup(
          1, (ThreadFactory) task -> new Thread(task, Strategy.THREAD), NioIoHandler.newFactory());
  private final EventLoopGroup others =
      new MultiThreadIoEventLoopGroup(
          1, (ThreadFactory) task -> new Thread(task, "acceptor"), NioIoHandler.newFactory());
  private Channel server;
  private Channel client;

  private static final class Orders extends ChannelInboundHandlerAdapter {
    private final Receiver receiver;
    private ByteBuf partial;

    Orders(Receiver receiver) {
      this.receiver = receiver;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      partial = context.alloc().buffer(Long.BYTES, Long.BYTES);
      receiver.onStart();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      try {
        while (bytes.isReadable()) {
          bytes.readBytes(partial, Math.min(partial.writableBytes(), bytes.readableBytes()));
          if (!partial.isWritable()) {
            receiver.onOrder(partial.readLong());
            partial.clear();
          }
        }
      } finally {
        bytes.release();
      }
    }
  }

  @Override
  public void start(Receiver receiver) throws InterruptedException {
    server =
        new ServerBootstrap()
            .group(others, readers)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new Orders(receiver));
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
    client =
        new Bootstrap()
            .group(others)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(new ChannelInboundHandlerAdapter())
            .connect(server.localAddress())
            .sync()
            .channel();
  }

  @Override
  public boolean send(long order) {
    if (!client.isWritable()) {
      return false;
    }
    client.writeAndFlush(client.alloc().buffer(Long.BYTES).writeLong(order));
    return true;
  }

  @Override
  public void close() {
    client.close();
    server.close();
    readers.shutdownGracefully();
    others.shutdownGracefully();
  }
}

import 'reflect-metadata';
import {
  Catch,
  Controller,
  Get,
  HttpException,
  Injectable,
  Module,
  Post,
  Redirect,
  Req,
  UseFilters,
  UseGuards,
  type ArgumentsHost,
  type DynamicModule,
  type ExceptionFilter,
  type ExecutionContext,
} from '@nestjs/common';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import type { Request, Response } from 'express';
import { RobloxStrategy, type Profile, type RobloxClient } from 'passport-roblox-oauth2';
import { homePage, refusalPage } from '../shared/page.ts';
import type { Blanks } from '../shared/run.ts';
import { findOrCreateUser, type User } from '../shared/users.ts';

export const SITE = { name: 'NestJS example', about: 'A NestJS app with a guard that signs people in.' };

const getUser = (req: Request) => req.user as User | undefined; // what deserializeUser gave

@Injectable()
export class RobloxLogin extends PassportStrategy(RobloxStrategy) {
  constructor({ clientID, clientSecret, callbackURL, baseURL }: Blanks) {
    super({ clientID, clientSecret, callbackURL, baseURL, passClientToCallback: true });
  }

  validate(_accessToken: string, _refreshToken: string, profile: Profile, client: RobloxClient): Promise<User> {
    return findOrCreateUser(profile, client);
  }
}

@Injectable()
export class RobloxGuard extends AuthGuard('roblox') {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const signedIn = await super.canActivate(context);
    await this.logIn(this.getRequest(context)); // Nest's guard verifies only; this keeps the user in the session
    return Boolean(signedIn);
  }

  /** Keeps the status and the reason of a refusal. Nest's own method makes a plain 401 of every refusal. */
  override handleRequest<TUser = User>(
    error: unknown,
    user: TUser | false,
    info: { message?: string } | undefined,
    _context: ExecutionContext,
    status = 401,
  ): TUser {
    if (error) throw error;
    if (!user) throw new HttpException(info?.message ?? 'Not signed in', status);
    return user;
  }
}

/** Shows a refusal as a page. */
@Catch(HttpException)
export class RefusalFilter implements ExceptionFilter<HttpException> {
  catch(refusal: HttpException, host: ArgumentsHost): void {
    const [req, res] = [host.switchToHttp().getRequest<Request>(), host.switchToHttp().getResponse<Response>()];
    res.status(refusal.getStatus()).send(refusalPage(SITE, refusal.message, getUser(req)));
  }
}

@Controller()
@UseFilters(RefusalFilter)
export class AppController {
  @Get('auth/roblox')
  @UseGuards(RobloxGuard)
  signIn() {}

  @Get('auth/roblox/callback')
  @UseGuards(RobloxGuard)
  @Redirect('/')
  callback() {}

  @Get()
  home(@Req() req: Request): string {
    return homePage(SITE, getUser(req));
  }

  @Post('sign-out')
  @Redirect('/', 303)
  signOut(@Req() req: Request): Promise<void> {
    return new Promise((resolve, reject) => req.logout((error) => (error ? reject(error) : resolve())));
  }
}

@Module({})
export class AppModule {
  static with(blanks: Blanks): DynamicModule {
    return {
      module: AppModule,
      imports: [PassportModule.register({ session: true, keepSessionInfo: true })],
      controllers: [AppController],
      providers: [{ provide: RobloxLogin, useFactory: () => new RobloxLogin(blanks) }],
    };
  }
}
